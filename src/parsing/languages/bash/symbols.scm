; Vocabulary: ../../tree-sitter/captures.ts

(function_definition name: (word) @name) @definition.function
(program (variable_assignment name: (variable_name) @name) @definition.variable)
(program (declaration_command (variable_assignment name: (variable_name) @name) @definition.variable))

((command name: (command_name (word) @ignore)) @import
  (#any-of? @ignore "source" "."))

; The command of a trap is called when the signal comes
((command name: (command_name (word) @_trap) . argument: (word) @reference.calls)
  (#eq? @_trap "trap") (#match? @reference.calls "^[A-Za-z_]"))
; `export -f run` hands a function to other shells
((command name: (command_name (word) @_command) . argument: (word) @reference.calls)
  (#any-of? @_command "builtin" "exec" "eval" "time") (#match? @reference.calls "^[A-Za-z_]"))
(command name: (command_name (word) @reference.calls))
