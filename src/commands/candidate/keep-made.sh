# As its archive had it, an installer may leave a file that everybody may write.
sudo -n -u "$owner" -- sh -c 'cd -- "$1" && find . -type f -perm /6002 -exec chmod ug-s,o-w {} + && find . -type d -perm -0002 -exec chmod o-w {} +' modes "$directory"
refuse_foreign "$directory" "$manifest" "$@"
if [ -e "$installed" ]; then
	only "$packages" <"$scratch/more" >"$scratch/packages"
	told_apart "$installed" "$scratch/packages" >"$scratch/altered"
	refuse 'is not as its installer left it' "$scratch/altered"
fi
compared <"$scratch/more" >"$kept.part"
mv -- "$kept.part" "$kept"
echo "$(count <"$kept") files made here, by installers and for this host"
