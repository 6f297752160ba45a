# Brings the app up when the job is gone, however it went. It has a session of its own, which no signal to the job's
# group reaches, and waits for the lock that the kernel drops with the job; it holds nothing anybody waits for.

state=$1 app=$2 run=$3 lock=$4
trap '' HUP INT TERM
flock -s -- "$lock" true
end_maintenance "$state" "$app" "$run"
