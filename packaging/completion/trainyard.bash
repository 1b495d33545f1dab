# Completion for trainyard and trainyard-run in bash. It asks the program's own --help, so it is never out of date.

_trainyard()
{
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command=("${COMP_WORDS[0]}") word help choices

    # The subcommands typed so far; options and their values do not change which help applies.
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word =~ ^[a-z][a-z-]*$ ]] || break
        command+=("$word")
    done
    help=$("${command[@]}" --help 2>/dev/null) || return

    # Values the help lists in braces: --events TEXT:{jsonl,text}
    choices=$(sed -n "s/^ *\(-[a-z],\)\{0,1\}$previous [A-Z]*:{\([^}]*\)}.*/\2/p" <<<"$help" | tr ',' ' ')
    if [[ -n $choices ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current")
    elif [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(grep -o -E -- '--[a-z][a-z-]*' <<<"$help" | sort -u)" -- "$current")
    else
        choices=$(sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\),\{0,1\} .*/\1/p' <<<"$help")
        mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current")
        [[ ${#COMPREPLY[@]} -gt 0 ]] || mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}

complete -o filenames -F _trainyard trainyard trainyard-run
