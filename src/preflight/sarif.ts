import { FINDINGS } from './codes';
import { nameOf } from './finding';
import { Report } from './report';
import { Source } from '../model/manifest';
import { oneLine, sentence } from '../model/plain-text';

const PAGE = 'https://github.com/cdk8s-istio-egress/cdk8s-istio-egress/blob/main/docs/preflight.md';

/** For code scanning. @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function toSarif({ findings, unreadable }: Report, version: string): string {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  const run = {
    tool: {
      driver: {
        ...{ name: 'cdk8s-istio-egress', version, informationUri: PAGE },
        rules: codes.map((id) => ({
          id,
          shortDescription: { text: FINDINGS[id].split('. ').slice(0, 2).join('. ') },
          fullDescription: { text: FINDINGS[id] },
          helpUri: `${PAGE}#${id.toLowerCase()}`,
        })),
      },
    },
    results: findings.map(({ code, severity, object, what, fix }) => ({
      ruleId: code,
      level: severity,
      message: { text: oneLine(`${nameOf(object)}: ${sentence(what)} ${sentence(fix)}`) },
      locations: [location(object.source)],
    })),
    invocations: [
      {
        executionSuccessful: unreadable.length === 0,
        toolExecutionNotifications: unreadable.map(({ file, line, reason }) => ({
          level: 'error',
          message: { text: oneLine(reason) },
          locations: [location({ file, line })],
        })),
      },
    ],
  };
  const schema = 'https://json.schemastore.org/sarif-2.1.0.json';
  return `${JSON.stringify({ $schema: schema, version: '2.1.0', runs: [run] }, undefined, 2)}\n`;
}

function location({ file, line }: Source): object {
  const uri = file.split('/').map(encodeURIComponent).join('/');
  return { physicalLocation: { artifactLocation: { uri }, region: { startLine: line } } };
}
