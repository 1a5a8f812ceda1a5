#!/bin/sh
# Replaces the rules under traffic without losing a packet. `nft -f rules.nft` is one transaction and safe, but packets
# that come while the kernel finishes it are dropped, since new maps stay empty until the very end. Here the new table is
# made beside the old one, without a hook; then the hook moves, in a transaction of its own. A run that is broken off
# leaves the old or the new rules in force; the next run tidies up. Run as root.
set -eu
cd "$(dirname "$0")"
# Two runs at once would take each other's tables for old ones.
exec 9>/run/segc.lock
flock 9

if nft list chain inet segc forward >/dev/null 2>&1; then new=segc_alt old=segc; else new=segc old=segc_alt; fi
tab=$(printf '\t')

# What an earlier run may have left, then rules.nft under the new name, without its hook.
{
	printf 'table inet %s\ndelete table inet %s\n' "$new" "$new"
	sed -e '/^table inet segc$/d' -e '/^table inet segc_alt$/d' -e '/^delete table /d' \
		-e "s/^table inet segc {\$/table inet $new {/" -e "/^${tab}chain forward {\$/,/^${tab}}\$/d" rules.nft
} | nft -f -

{
	printf 'table inet %s {\n\tchain forward {\n' "$new"
	printf '\t\ttype filter hook forward priority filter; policy drop;\n\t\tgoto judge\n\t}\n}\n'
	if nft list chain inet "$old" forward >/dev/null 2>&1; then
		printf 'flush chain inet %s forward\ndelete chain inet %s forward\n' "$old" "$old"
	fi
} | nft -f -

printf 'table inet %s\ndelete table inet %s\n' "$old" "$old" | nft -f -
