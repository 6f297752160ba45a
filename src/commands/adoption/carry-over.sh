# Which inode stands at which path, taken when the hard links are made; a newline in a name would end a pattern.
inodes() { # directory, file, item...
	(
		cd -- "$1" || exit 1
		file=$2
		shift 2
		umask 077
		for item; do
			path=./${item#*:}
			if [ -e "$path" ] || [ -L "$path" ]; then find "$path" ! -type d -printf '%i %p\0'; fi
		done | tr '\n\0' '\001\n' >"$file"
	)
}
# from, to, file of inodes, item...: what was written to the old place since. A path with another inode than noted was
# written there; where it was written in both places, the later one stays. Dates of files say nothing: uploads keep theirs.
carry_over() {
	(
		cd -- "$1" || exit 1
		to=$2 noted=$3
		shift 3
		for item; do
			path=./${item#*:}
			if ! [ -e "$path" ] && ! [ -L "$path" ]; then continue; fi
			find "$path" -type d -exec sh -c '
				to=$1; shift
				for directory; do
					[ -d "$to/$directory" ] && continue
					mkdir -p -- "$to/$directory" && chown --reference="$directory" -- "$to/$directory" && chmod --reference="$directory" -- "$to/$directory" || exit 1
				done' directories "$to" {} +
			find "$path" ! -type d -exec sh -c '
				to=$1 noted=$2; shift 2
				was() { printf "%s %s" "$(stat -c %i -- "$1")" "$2" | tr "\n" "\001" | grep -qxFf - -- "$noted"; }
				for file; do
					[ "$(stat -c %d:%i -- "$file")" = "$(stat -c %d:%i -- "$to/$file" 2>/dev/null)" ] && continue
					was "$file" "$file" && continue
					if ! [ -e "$to/$file" ] && ! [ -L "$to/$file" ] || was "$to/$file" "$file" || [ -n "$(find "$file" -prune -newercc "$to/$file")" ]; then
						cp -a -- "$file" "$to/$file.part" && mv -fT -- "$to/$file.part" "$to/$file" && echo "carried over $file" || { rm -f -- "$to/$file.part"; exit 1; }
					fi
				done' files "$to" "$noted" {} +
		done
	)
}
