/** The user of Istio's proxies, whose traffic is not captured. */
const PROXY_USER = 1337;

/** Goes on as the proxy's user, as whoever breaks out of an application may. */
export function becomeProxy(): void {
  process.setgroups!([]);
  process.setgid!(PROXY_USER);
  process.setuid!(PROXY_USER);
}
