# Shell function: prints since when an app is deployed by this product, as the host knows it: its first adoption in the
# ledger, else the oldest release that is written down, in server time, ISO 8601 UTC. Nothing where neither tells.
# Arguments: state directory, app. Writes nothing. Source: design, "Words", backup: the old scripts left archives
# without a note until then.

adopted_since() {
	{
		cat -- "$1"/ledger*.jsonl 2>/dev/null | grep -aF -- "\"app\":\"$2\"" | grep -aE '"type":"adopt\.(started|finished)"' |
			sed -n 's/^{"seq":[0-9]*,"time":"\([0-9T:Z-]*\)".*/\1/p'
		for since_release in "$1/manifests/$2"/*; do
			[ -e "$since_release" ] && printf '%s\n' "${since_release##*/}"
		done | sed -n 's/^\([0-9]\{4\}\)\([0-9]\{2\}\)\([0-9]\{2\}\)T\([0-9]\{2\}\)\([0-9]\{2\}\)\([0-9]\{2\}\)Z-.*/\1-\2-\3T\4:\5:\6Z/p'
	} | LC_ALL=C sort | head -n 1
}
