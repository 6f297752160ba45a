import {quote} from '../../commands/shell.ts';
import {hostPath} from '../host/host-shell.ts';
import type {HostLayout} from '../host/host-layout.ts';
import {source} from './source.ts';
import type {HostAccount} from '../host/host-account.ts';

const functions = source`
# Control characters become spaces: the log holds one call a line. Only such a word costs a process.
json_string() {
	case $1 in
	*[\\\"]* | *[[:cntrl:]]*) json=$(printf '%s' "$1" | tr '\000-\037\177' ' ' | sed 's/[\\"]/\\&/g; s/^/"/; s/$/"/') ;;
	*) json=\"$1\" ;;
	esac
}
record() {
	words=
	for word; do json_string "$word"; words=$words,$json; done
	printf '{"at":"%s","shim":"%s","as":"%s","argv":[%s]}\n' \
		"$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$name" "$acting" "\${words#,}" >>"$root/log/shims.jsonl"
}
refuse() {
	code=$1; shift
	printf '%s\n' "$@" >&2
	exit "$code"
}
`;

/** What every shell shim starts with. `acting` is whom sudo runs it as; `login` without sudo. */
export const shellPrelude = (name: string, layout: HostLayout, {user}: HostAccount): string =>
	[
		'#!/bin/sh',
		'# Written anew at every start of the sandbox.',
		`name=${name}`,
		`root=${quote(layout.root)}`,
		`login=${quote(user)}`,
		`units=${quote(layout.units)}`,
		`secure_path=${quote(hostPath(layout.root))}`,
		'acting=${SANDBOX_AS-login}',
		functions.trim(),
		'record "$@"',
		'',
	].join('\n');
