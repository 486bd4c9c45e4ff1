// Each worker of jest has a mesh of its own, which `setup.ts` has brought up.
process.env.EGRESS_BED = `${process.env.EGRESS_BEDS ?? ''}${process.env.JEST_WORKER_ID}`;
