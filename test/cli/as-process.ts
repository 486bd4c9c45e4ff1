import { run } from '../../src/cli/main';

// The program as a process of its own, as bin/ runs what is compiled.
void run();
