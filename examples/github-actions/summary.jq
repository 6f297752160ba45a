# Lines of `cockpit ... --json` as Markdown for people: jq -rRn -f summary.jq events.jsonl
# What is no line of JSON is left out: a cockpit that was killed may have been in the middle of one.

# Text of hosts and repositories is shown, never obeyed.
def shown: tostring | @html | gsub("[\r\n]+"; "<br>") | gsub("(?<mark>[|\\\\`*_\\[\\]])"; "\\\(.mark)");
def seconds: . / 100 | round / 10 | "\(.) s";

[inputs | fromjson? | objects] as $lines
| ($lines | map(select(.type == "run.started")) | unique_by(.record.run)) as $runs
| ($runs | map(.steps[]) | map({key: .id, value: .title}) | from_entries) as $titles
| ($lines[] | select(.type == "gate")
    | "## \(.app) to \(.environment): \(.verdict)",
      "",
      "| gate | state | evidence | clears |",
      "| --- | --- | --- | --- |",
      (.gates[] | "| \(.gate | shown) | \(.state) | \(.text | shown) | \(.clears // "" | shown) |"),
      "",
      "Next slot: \(.nextSlot // "none in sight")",
      ""),
  ($runs[] | "## \(.title | shown)", "", "Run `\(.record.run)` on \(.host | shown)", ""),
  (if any($lines[]; .type == "step.finished") then
      "| step | state | took |",
      "| --- | --- | --- |",
      ($lines[] | select(.type == "step.finished")
          | "| \($titles[.step] // .step | shown) | \(.state) | \(.durationMs | seconds) |"),
      ""
   else empty end),
  ($lines[] | select(.type == "run.resumed") | "Resumed, attempt \(.attempt).", ""),
  ($lines[] | select(.type == "downtime.measured")
      | "Downtime as measured: \(.downtimeMs | seconds), \(.failed) of \(.asked) requests failed.", ""),
  ($lines[] | select(.type == "run.finished") | "**\(.outcome)**, exit code \(.exitCode), after \(.durationMs | seconds)", ""),
  ($lines[] | select(.type == "run.closed") | "Run `\(.run)` was over already: \(.outcome)", ""),
  ($lines[] | select(.type == "error")
      | "**\(.what // .code | shown)**", "",
        "- why: \(.why | shown)",
        (if .now then "- now: \(.now | shown)" else empty end),
        (if .next then "- next: \(.next | shown)" else empty end),
        "")
