# Lives as long as somebody drives the run from the other end of this channel, and holds a lock meanwhile: the kernel drops
# it however this ends, and no clock is asked. The end of input is a cockpit that has ended; a minute without a beat is one
# that sleeps, or is cut off: whatever it does when it comes back is fenced if somebody took the run over meanwhile.

umask 077
state=$1 app=$2 run=$3 attempt=$4
exec 9>>"$state/lock/$app.flock" && flock 9 || exit 94
require_driver
exec 9>&-
# An earlier channel of this driver may not have noticed yet that its link is gone.
exec 7>>"$state/jobs/$run/driver.$attempt" && flock 7 || exit 94
# From here on the lock alone counts.
touch -d @0 -- "$state/jobs/$run/driver.$attempt"
while beat=$(timeout 60 head -n 1 7>&-) && [ -n "$beat" ]; do :; done
exit 0
