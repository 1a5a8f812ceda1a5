#!/bin/sh
# Replaces the rules under traffic without losing a packet. `nft -f rules.nft` is one transaction and safe, but packets
# that come while the kernel finishes it are dropped, since new maps stay empty until the very end. Here the new table is
# made beside the old one, without its hooks; then the hooks move, in a transaction of their own. A run that is broken off
# leaves the old or the new rules in force; the next run tidies up. Run as root.
set -eu
cd "$(dirname "$0")"
# Two runs at once would take each other's tables for old ones.
exec 9>/run/segc.lock
flock 9

# The hooks that a table has.
hooks() {
	for chain in forward input output; do
		if nft list chain inet "$1" "$chain" >/dev/null 2>&1; then echo "$chain"; fi
	done
}
if [ -n "$(hooks segc)" ]; then new=segc_alt old=segc; else new=segc old=segc_alt; fi
tab=$(printf '\t')

# What an earlier run may have left, then rules.nft under the new name, without its hooks.
{
	printf 'table inet %s\ndelete table inet %s\n' "$new" "$new"
	sed -e '/^table inet segc$/d' -e '/^table inet segc_alt$/d' -e '/^delete table /d' \
		-e "s/^table inet segc {\$/table inet $new {/" -e "/^${tab}chain forward {\$/,/^${tab}}\$/d" \
		-e "/^${tab}chain input {\$/,/^${tab}}\$/d" -e "/^${tab}chain output {\$/,/^${tab}}\$/d" rules.nft
} | nft -f -

# The hooks as rules.nft has them; those of the old table go at the same moment.
{
	printf 'table inet %s {\n' "$new"
	sed -n -e "/^${tab}chain forward {\$/,/^${tab}}\$/p" -e "/^${tab}chain input {\$/,/^${tab}}\$/p" \
		-e "/^${tab}chain output {\$/,/^${tab}}\$/p" rules.nft
	printf '}\n'
	for chain in $(hooks "$old"); do
		printf 'flush chain inet %s %s\ndelete chain inet %s %s\n' "$old" "$chain" "$old" "$chain"
	done
} | nft -f -

printf 'table inet %s\ndelete table inet %s\n' "$old" "$old" | nft -f -
