// Command ztunnel plays the part of Istio's ztunnel for one pod, from inside the pod's network: it takes over what the pod sends and asks
// for, looks up in istiod's workload discovery who serves it, and carries it there, through a waypoint where there is one. What arrives at
// the pod it leaves alone. Real are the discovery, the certificate and the HBONE tunnels; ztunnel's own policies are not enforced.
package main

import (
	"context"
	"log"
	"os"
)

// pod is who this process works for.
type pod struct {
	name, namespace, account, address, trustDomain string
}

func (p pod) spiffe() string {
	return spiffe(p.trustDomain, p.namespace, p.account)
}

func spiffe(trustDomain, namespace, account string) string {
	return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + account
}

func main() {
	self := pod{
		name:        os.Getenv("POD_NAME"),
		namespace:   os.Getenv("POD_NAMESPACE"),
		account:     os.Getenv("SERVICE_ACCOUNT"),
		address:     os.Getenv("INSTANCE_IP"),
		trustDomain: os.Getenv("TRUST_DOMAIN"),
	}
	ctx := context.Background()
	istiod, err := dialIstiod(os.Getenv("CA_ADDR"))
	must(err)
	certificate, err := certify(ctx, istiod, self)
	must(err)
	roots, err := meshRoots()
	must(err)
	mesh := newState()
	go mesh.follow(ctx, istiod, self)
	go serveDNS(mesh, self)
	go serveAdmin(mesh)
	must((&outbound{mesh: mesh, self: self, certificate: certificate, roots: roots}).serve())
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
