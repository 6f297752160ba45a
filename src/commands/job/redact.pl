# Stands between a job and its log, so that no secret a program prints is ever written down: by the rules that
# domain/logs/secret-rules.ts names, and by the values of secrets in files of variables that only this host has. What is a
# line is handed on as one; of a line that goes on, whatever can't be the beginning of a secret, within half a second.
# A job may print more than a disk has: its beginning is kept, and of what comes behind that the end before each mark.
# Arguments: the rules, the line that says that the job has ended, how many bytes are kept, the owner of the app, its files of
# variables.

use strict;
use warnings;

$SIG{$_} = 'IGNORE' for qw(HUP INT TERM PIPE);
my ($text, $end, $most, $owner, @files) = @ARGV;
my $longest = 65536;
my $soon = 0.4;
my (@rules, %is);
for (split /\n/, $text) {
	my ($kind, @parts) = split /\t/, $_, -1;
	if ($kind eq 'rule') {
		my ($exact, $before, $value, $after) = @parts;
		push @rules, [$exact ? qr/($before)(?:$value)$after/a : qr/($before)(?:$value)$after/ai, $after];
	} elsif ($kind eq 'shortest') {
		$is{$kind} = $parts[0];
	} else {
		$is{$kind} = $kind =~ /^(?:key|login|hints|dotted)/ ? qr/$parts[0]/a : qr/$parts[0]/ai;
	}
}

sub contents {
	my ($file) = @_;
	my $from;
	if (!open $from, '<', $file) {
		return '' if $!{ENOENT};
		open $from, '-|', 'sh', '-c', 'exec sudo -n -u "$1" -- sh -c \'cat -- "$1"\' read "$2" </dev/null 2>/dev/null', 'read', $owner, $file
			or return '';
	}
	local $/;
	my $all = <$from>;
	close $from;
	return defined $all ? $all : '';
}

my %secret;

sub keep_secret {
	for my $value (my @copies = @_) {
		next if length $value < $is{shortest} || $value =~ $is{common};
		(my $json = $value) =~ s/([\\"])/\\$1/g;
		(my $slashed = $json) =~ s{/}{\\/}g;
		(my $encoded = $value) =~ s/([^\w.!~*'()-])/sprintf '%%%02X', ord $1/ge;
		$secret{$_} = 1 for $value, $json, $slashed, $encoded;
	}
}

for my $file (@files) {
	my $variables = contents($file);
	while ($variables =~ /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^'\n]*)'|([^\n]*))/msg) {
		my ($name, $double, $single, $bare) = ($1, $2, $3, $4);
		next if $name !~ $is{variable};
		my $value = defined $double ? $double : defined $single ? $single : $bare;
		if (defined $double) { $value =~ s/\\(.)/$1/sg }
		if (!defined $double && !defined $single) { $value =~ s/\s+#.*$//; $value =~ s/\s+$// }
		for my $part ($value, split /\n/, $value) {
			keep_secret($part);
			keep_secret($1) if $part =~ /^base64:(.+)$/;
			keep_secret($1) if $part =~ m{^[a-z][a-z\d+.-]*://[^\s/@:]*:([^\s/]+)@}i;
		}
	}
}
my @secrets = sort { length $b <=> length $a } keys %secret;
my $known = @secrets ? do { my $any = join '|', map { quotemeta } @secrets; qr/$any/ } : undef;

my $within = '';

# A line, or the beginning of one, without its end. Colours stand between the letters of a secret, or between it and its
# name: a line in which something is hidden only without them loses them.
sub redact {
	my ($line) = @_;
	(my $bare = $line) =~ s/\e\[[0-?]*[ -\/]*[\@-~]|\e\][^\a\e]*(?:\a|\e\\)|\0//g;
	return hide($line) if $bare eq $line;
	my $was = $within;
	my $hidden = hide($bare);
	return $hidden if $hidden ne $bare;
	$within = $was;
	return hide($line);
}

sub hide {
	my ($line) = @_;
	if ($within eq 'key') {
		if ($line =~ $is{'key-ends'}) {
			$within = '';
			$line =~ s/^.*?(?=-----END)/***/;
			return $line;
		}
		if ($line =~ $is{'key-holds'}) { return $line =~ /\S/ ? '***' : $line }
		$within = '';
	}
	my $shown = $line;
	$shown =~ s/$known/***/g if $known;
	if ($within eq 'logins') {
		$shown =~ s/$is{login}/$1***/g;
		$within = '' if $line =~ $is{'logins-end'};
	}
	return $shown if lc($line) !~ $is{hints} && $line !~ $is{dotted};
	if ($line =~ $is{'key-begins'}) { $within = 'key' }
	elsif ($line =~ $is{'logins-begin'}) { $within = 'logins' }
	for my $rule (@rules) {
		my ($pattern, $after) = @$rule;
		$shown =~ s/$pattern/$1***$after/g;
	}
	return $shown;
}

# A full disk takes the words of the job, not the job: what can't be written is left out and said, the marks of its
# commands are written as soon as they can be.
my ($owed, $lost, $was_lost) = ('', 0, 0);

sub put {
	my ($bytes) = @_;
	return '' if $bytes eq '';
	my $at = 0;
	while ($at < length $bytes) {
		my $written = syswrite STDOUT, $bytes, length($bytes) - $at, $at;
		if (!defined $written) {
			next if $!{EINTR};
			last;
		}
		$at += $written;
	}
	return substr $bytes, $at;
}

sub write_log {
	my ($bytes) = @_;
	if ($lost > 0) {
		my $said = "\n[$lost bytes of output could not be written here]\n$owed";
		if (put($said) ne '') { $lost += length $bytes; $owed .= $1 while $bytes =~ /(\036\d+\n)/g; return }
		($owed, $lost) = ('', 0);
	}
	my $left = put($bytes);
	return if $left eq '';
	$was_lost = 1;
	$lost += length $left;
	$owed .= $1 while $left =~ /(\036\d+\n)/g;
}

# Beyond what is kept nothing is written but marks, and before each of them, and at the end, the last of what was left out.
# The log only grows: who reads it by its bytes reads on.
my $room = $most - (-s STDOUT || 0);
my $kept_behind = 65536;
my ($left_out, $behind) = (0, '');

sub leave_out {
	my ($bytes) = @_;
	write_log("\n[more than $most bytes: from here on only the end is kept]\n") if $left_out == 0;
	$left_out += length $bytes;
	$behind .= $bytes;
	substr $behind, 0, length($behind) - $kept_behind, '' if length $behind > 4 * $kept_behind;
}

sub tell_end {
	return if $left_out == 0;
	if (length $behind > $kept_behind) { substr $behind, 0, length($behind) - $kept_behind, '' }
	# What is cut may be the rest of a secret's mask, or half a character: it begins with a line.
	if ($left_out > length $behind) { $behind =~ s/^[^\n]*\n// }
	$left_out -= length $behind;
	$behind .= "\n" if $behind !~ /\n\z/;
	write_log("[$left_out bytes left out]\n$behind");
	($left_out, $behind) = (0, '');
}

sub tell_log {
	my ($bytes) = @_;
	if ($left_out == 0 && length $bytes <= $room) {
		$room -= length $bytes;
		return write_log($bytes);
	}
	for my $piece (index($bytes, "\036") < 0 ? $bytes : split /(?<=\036\d\n)|(?<=\036\d\d\n)|(?=\036\d+\n)/, $bytes) {
		my ($words, $mark) = $piece =~ /^\036/ ? ('', $piece) : ($piece, '');
		if ($words ne '') {
			if ($left_out == 0 && $room > 0) {
				my $fits = length $words <= $room ? length $words : 1 + rindex $words, "\n", $room - 1;
				$room = length $words <= $room ? $room - $fits : 0;
				write_log(substr $words, 0, $fits, '');
			}
			leave_out($words) if $words ne '';
		}
		next if $mark eq '';
		tell_end();
		write_log($mark);
	}
}

my $buffer = '';

# Where the end of the buffer may be the beginning of a secret.
sub safe_length {
	my $safe = $within eq 'key' ? 0 : $buffer =~ $is{unfinished} ? $-[0] : length $buffer;
	for my $value (@secrets) {
		my $most = length($value) - 1;
		$most = length $buffer if $most > length $buffer;
		for (my $size = $most; $size >= 2; $size--) {
			next if substr($buffer, -$size) ne substr $value, 0, $size;
			my $from = length($buffer) - $size;
			$safe = $from if $from < $safe;
			last;
		}
	}
	# So may a mark.
	$safe = $-[0] if $buffer =~ /\036[\w-]*$/ && $-[0] < $safe;
	return $safe;
}

sub hand_on_lines {
	my $last = rindex $buffer, "\n";
	return if $last < 0;
	my $whole = substr $buffer, 0, $last + 1, '';
	my $shown = '';
	while ($whole =~ /([^\n]*)\n/g) {
		my $line = $1;
		# A command that ended without a newline leaves words before the mark of the next.
		if ($line =~ /^(.*)(\036\d+)$/s) { $shown .= redact($1) . "$2\n" }
		else { $shown .= redact($line) . "\n" }
	}
	tell_log($shown);
}

sub hand_on_part {
	my $safe = safe_length();
	if (length $buffer > 2 * $longest) { $safe = length $buffer }
	tell_log(redact(substr $buffer, 0, $safe, '')) if $safe > 0;
}

sub now {
	my $now = time;
	eval { require Time::HiRes; $now = Time::HiRes::time(); 1 } or return $now;
	return $now;
}

my $since = 0;
while (1) {
	my $ready = '';
	vec($ready, fileno STDIN, 1) = 1;
	my $count = select $ready, undef, undef, $buffer eq '' ? undef : $soon;
	if ($count == 0) { hand_on_part(); $since = now(); next }
	next if $count < 0;
	my $got = sysread STDIN, $buffer, $longest, length $buffer;
	next if !defined $got && $!{EINTR};
	my $was = $since;
	my $at = $end eq '' ? -1 : index $buffer, $end;
	if ($at >= 0) { substr $buffer, $at, length $end, '' }
	hand_on_lines();
	if (!$got || $at >= 0) {
		tell_log(redact($buffer)) if $buffer ne '';
		$buffer = '';
		tell_end();
		write_log('') if $lost > 0;
		last if !$got;
		# What the job has left running may go on writing: it has a reader of its own, and nobody waits for that.
		$ready = '';
		vec($ready, fileno STDIN, 1) = 1;
		if (select($ready, undef, undef, 0.05) > 0) {
			$got = sysread STDIN, $buffer, $longest;
			last if !$got;
		}
		my $child = fork;
		last if !defined $child || $child > 0;
		($end, $since) = ('', now());
		hand_on_lines();
		next;
	}
	if ($buffer eq '') { $since = now() }
	elsif (length $buffer > $longest || now() - $was > $soon) { hand_on_part(); $since = now() }
}
exit($was_lost ? 3 : 0);
