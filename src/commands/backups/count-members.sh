# Counts the members of an archive that was just written, through to its end. Arguments: file.

count_members() {
	{ members_code=$({ { code=0; LC_ALL=C tar --list --gzip --absolute-names --file="$1" || code=$?; echo "$code" >&3; } | wc -l >&4; } 3>&1); } 4>&1
	return "$members_code"
}
