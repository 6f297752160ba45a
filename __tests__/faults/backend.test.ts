import {flyMatrix} from '../support/faults/fly-matrix.ts';

flyMatrix('backend');
