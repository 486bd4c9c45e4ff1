import { Value } from './value';

/** Whether labels have all that a selector asks for; an empty selector asks for nothing. */
export function selects(selector: Record<string, string>, labels: Record<string, string>): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** Whether labels are those that a Kubernetes label selector is for, expressions included. */
export function selectorMatches(selector: Value, labels: Record<string, string>): boolean {
  if (!selects(selector.at('matchLabels').map, labels)) return false;
  return selector.at('matchExpressions').items.every((expression) => {
    const key = expression.at('key').text ?? '';
    const values = expression.at('values').texts;
    switch (expression.at('operator').text) {
      case 'In':
        return Object.hasOwn(labels, key) && values.includes(labels[key]);
      case 'NotIn':
        return !(Object.hasOwn(labels, key) && values.includes(labels[key]));
      case 'Exists':
        return Object.hasOwn(labels, key);
      case 'DoesNotExist':
        return !Object.hasOwn(labels, key);
      default:
        return false;
    }
  });
}

/** Labels as kubectl takes them. */
export function labelText(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
