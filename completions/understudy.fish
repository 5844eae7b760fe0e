function __understudy_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __understudy_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __understudy_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __understudy_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __understudy_parse_tokens -S
    set -l unparsed_tokens (__understudy_tokens -pc)
    switch $unparsed_tokens[1]
    case 'understudy'
        __understudy_parse_subcommand 0 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'serve'
            __understudy_parse_subcommand 0 'config=' 'state-dir=' 'log-level=' 'root=+' 'version' 'h/help'
        case 'once'
            __understudy_parse_subcommand -r 1 'config=' 'state-dir=' 'log-level=' 'version' 'h/help'
        case 'list'
            __understudy_parse_subcommand 0 'config=' 'state-dir=' 'status=' 'under=' 'code=' 'waiting-for=' 'newest=' 'json' 'version' 'h/help'
        case 'status'
            __understudy_parse_subcommand 1 'config=' 'state-dir=' 'json' 'watch' 'version' 'h/help'
        case 'retry'
            __understudy_parse_subcommand -r 1 'config=' 'state-dir=' 'failed' 'version' 'h/help'
        case 'cancel'
            __understudy_parse_subcommand -r 1 'config=' 'state-dir=' 'version' 'h/help'
        case 'pause'
            __understudy_parse_subcommand 0 'config=' 'state-dir=' 'version' 'h/help'
        case 'resume'
            __understudy_parse_subcommand 0 'config=' 'state-dir=' 'version' 'h/help'
        case 'notify'
            __understudy_parse_subcommand -r 1 'config=' 'state-dir=' 'version' 'h/help'
        case 'explain'
            __understudy_parse_subcommand 1 'config=' 'state-dir=' 'root=+' 'json' 'version' 'h/help'
        case 'probe'
            __understudy_parse_subcommand 1 'config=' 'state-dir=' 'log-level=' 'json' 'version' 'h/help'
        case 'check'
            __understudy_parse_subcommand 0 'config=' 'state-dir=' 'log-level=' 'root=+' 'json' 'version' 'h/help'
        case 'config'
            __understudy_parse_subcommand -r 1 'example' 'json' 'version' 'h/help'
        case 'doctor'
            __understudy_parse_subcommand 0 'config=' 'state-dir=' 'root=+' 'repair' 'quick' 'accept-losses=+' 'json' 'version' 'h/help'
        case 'help'
            __understudy_parse_subcommand -r 1 'version'
        end
    end
end

function __understudy_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __understudy_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __understudy_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __understudy_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__understudy_tokens -p)
    if test -z "$(__understudy_tokens -t)"
        set -l index (count (__understudy_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'understudy' -f
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'serve' -d 'Run the daemon in the foreground.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'once' -d 'Process everything complete below the roots, then exit.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'list' -d 'List what is known.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'status' -d 'Say how things stand: of all originals, or of one.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'retry' -d 'Ask anew for the proxy of originals whose job has ended.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'cancel' -d 'End the queued or running jobs of originals.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'pause' -d 'Start no more jobs until `understudy resume`.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'resume' -d 'Start jobs again after `understudy pause`.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'notify' -d 'Tell the daemon that uploads are complete.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'explain' -d 'Tell the story of one file: each rule, event, piece of evidence and decision.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'probe' -d 'Say what a file\'s container says, and whether it is whole.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'check' -d 'Validate the configuration and the machine, and say how to mend what is wrong.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'config' -d 'Say what the keys of the configuration mean.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'doctor' -d 'Compare database, sidecars, proxies and originals.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy" -eq 1' -fa 'help' -d 'Show subcommand help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy serve" config' -l 'config' -d 'Configuration file (else $UNDERSTUDY_CONFIG, else /etc/understudy/understudy.toml).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy serve" state-dir' -l 'state-dir' -d 'Directory of the database, its lock and the control socket.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy serve" log-level' -l 'log-level' -d 'Least severe log lines shown: debug, info, notice, warning or error.' -rfka 'debug info notice warning error'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy serve"' -l 'root' -d 'Watch this tree (repeatable); no configuration file is read.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy serve" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy serve" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy once" config' -l 'config' -d 'Configuration file (else $UNDERSTUDY_CONFIG, else /etc/understudy/understudy.toml).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy once" state-dir' -l 'state-dir' -d 'Directory of the database, its lock and the control socket.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy once" log-level' -l 'log-level' -d 'Least severe log lines shown: debug, info, notice, warning or error.' -rfka 'debug info notice warning error'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy once" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy once" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy list" config' -l 'config' -d 'Configuration file (else $UNDERSTUDY_CONFIG, else /etc/understudy/understudy.toml).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy list" state-dir' -l 'state-dir' -d 'Directory of the database, its lock and the control socket.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy list" status' -l 'status' -d 'Only pending, processing, completed, failed, uploading or incomplete.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy list" under' -l 'under' -d 'Only originals at or below this directory.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy list" code' -l 'code' -d 'Only failures with this code, such as not_media.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy list" waiting-for' -l 'waiting-for' -d 'Only what waits for upload, disk_space, mount, retry and so on.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy list" newest' -l 'newest' -d 'Only the N that changed last, the latest first.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy list" json' -l 'json' -d 'As a JSON list; each element has a sidecar\'s fields.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy list" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy status" config' -l 'config' -d 'Configuration file (else $UNDERSTUDY_CONFIG, else /etc/understudy/understudy.toml).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy status" state-dir' -l 'state-dir' -d 'Directory of the database, its lock and the control socket.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy status" json' -l 'json' -d 'As JSON; of one original with a sidecar\'s fields.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy status" watch' -l 'watch' -d 'Stay, and show each change.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy status" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy status" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy retry" config' -l 'config' -d 'Configuration file (else $UNDERSTUDY_CONFIG, else /etc/understudy/understudy.toml).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy retry" state-dir' -l 'state-dir' -d 'Directory of the database, its lock and the control socket.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy retry" failed' -l 'failed' -d 'All that failed.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy retry" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy retry" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy cancel" config' -l 'config' -d 'Configuration file (else $UNDERSTUDY_CONFIG, else /etc/understudy/understudy.toml).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy cancel" state-dir' -l 'state-dir' -d 'Directory of the database, its lock and the control socket.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy cancel" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy cancel" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy pause" config' -l 'config' -d 'Configuration file (else $UNDERSTUDY_CONFIG, else /etc/understudy/understudy.toml).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy pause" state-dir' -l 'state-dir' -d 'Directory of the database, its lock and the control socket.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy pause" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy pause" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy resume" config' -l 'config' -d 'Configuration file (else $UNDERSTUDY_CONFIG, else /etc/understudy/understudy.toml).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy resume" state-dir' -l 'state-dir' -d 'Directory of the database, its lock and the control socket.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy resume" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy resume" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy notify" config' -l 'config' -d 'Configuration file (else $UNDERSTUDY_CONFIG, else /etc/understudy/understudy.toml).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy notify" state-dir' -l 'state-dir' -d 'Directory of the database, its lock and the control socket.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy notify" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy notify" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy explain" config' -l 'config' -d 'Configuration file (else $UNDERSTUDY_CONFIG, else /etc/understudy/understudy.toml).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy explain" state-dir' -l 'state-dir' -d 'Directory of the database, its lock and the control socket.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy explain"' -l 'root' -d 'Watch root, where no configuration names it (repeatable).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy explain" json' -l 'json' -d 'As JSON.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy explain" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy explain" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy probe" config' -l 'config' -d 'Configuration file (else $UNDERSTUDY_CONFIG, else /etc/understudy/understudy.toml).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy probe" state-dir' -l 'state-dir' -d 'Directory of the database, its lock and the control socket.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy probe" log-level' -l 'log-level' -d 'Least severe log lines shown: debug, info, notice, warning or error.' -rfka 'debug info notice warning error'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy probe" json' -l 'json' -d 'As JSON.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy probe" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy probe" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy check" config' -l 'config' -d 'Configuration file (else $UNDERSTUDY_CONFIG, else /etc/understudy/understudy.toml).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy check" state-dir' -l 'state-dir' -d 'Directory of the database, its lock and the control socket.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy check" log-level' -l 'log-level' -d 'Least severe log lines shown: debug, info, notice, warning or error.' -rfka 'debug info notice warning error'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy check"' -l 'root' -d 'Check for this tree (repeatable); no configuration file is read.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy check" json' -l 'json' -d 'As JSON.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy check" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy check" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_positional "understudy config" -ge 1' -fka 'daemon.state_dir daemon.workers daemon.spare_workers daemon.sandbox daemon.min_free_space daemon.keep_history daemon.schedule daemon.metrics_file daemon.metrics_listen watch.root watch.preset watch.original_dir watch.proxy_dir watch.proxy_root watch.extensions watch.ignore watch.settle watch.stall_timeout watch.poll watch.on_original_deleted watch.owner watch.group presets.NAME.height presets.NAME.fps presets.NAME.codec presets.NAME.quality presets.NAME.audio presets.NAME.audio_bitrate presets.NAME.remux hooks.on_completed hooks.on_failed hooks.webhook hooks.webhook_secret_file hooks.timeout hooks.retries'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy config" example' -l 'example' -d 'The commented example, as it is installed.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy config" json' -l 'json' -d 'As JSON.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy config" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy config" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy doctor" config' -l 'config' -d 'Configuration file (else $UNDERSTUDY_CONFIG, else /etc/understudy/understudy.toml).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy doctor" state-dir' -l 'state-dir' -d 'Directory of the database, its lock and the control socket.' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy doctor"' -l 'root' -d 'Watch root, where no configuration names it (repeatable).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy doctor" repair' -l 'repair' -d 'Mend what can be mended.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy doctor" quick' -l 'quick' -d 'Believe the size, time and inode of proxies instead of reading them.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy doctor"' -l 'accept-losses' -d 'With --repair: the originals that are gone from this root were meant to go (repeatable).' -rfka ''
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy doctor" json' -l 'json' -d 'As JSON.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy doctor" version' -l 'version' -d 'Show the version.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy doctor" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'understudy' -n '__understudy_should_offer_completions_for_flags_or_options "understudy help" version' -l 'version' -d 'Show the version.'
