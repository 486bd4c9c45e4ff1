export * from './call-assertion';
export * from './calls';
export * from './manifests';
