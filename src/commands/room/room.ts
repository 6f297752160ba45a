import closingRoom from './closing-room.sh';
import jobRoom from './job-room.sh';
import room from './room.sh';

/** Shell functions: see `room.sh`. */
export const keptRoom = room;

/** Shell functions: see `job-room.sh`; with those of the kept room. */
export const roomOfJobs = [room, jobRoom].join('\n');

/** Shell functions: see `closing-room.sh`; with all others of room. */
export const roomToClose = [roomOfJobs, closingRoom].join('\n');
