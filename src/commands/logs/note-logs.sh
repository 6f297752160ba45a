# Notes when it is by the clock of the host, as `at:SECONDS`, and for each log how long its files are, as `INODE:BYTES`
# lines. A log that can't be looked at is left out, and nothing here ends a run.

umask 077
file=$1
shift
{
	date +at:%s >"$file.part"
	for path; do
		path=$(log_path_of "$path")
		IFS=
		for each in "${path%/*}/"${path##*/}; do
			[ ! -f "$each" ] || stat -L -c '%i:%s' -- "$each"
		done
		unset IFS
	done >>"$file.part" && mv -f -- "$file.part" "$file"
} 2>/dev/null || { rm -f -- "$file.part"; echo "noted: where the logs end is not written down"; }
