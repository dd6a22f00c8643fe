; Vocabulary: ../../tree-sitter/captures.ts

; `Pool.new` makes a pool
((function_declaration name: (dot_index_expression table: (identifier) @owner @type field: (identifier) @name)) @definition.method
  (#any-of? @name "new" "create"))
(function_declaration name: (identifier) @name) @definition.function
(function_declaration name: (dot_index_expression table: (_) @owner field: (identifier) @name)) @definition.method
(function_declaration name: (method_index_expression table: (_) @owner method: (identifier) @name)) @definition.method
(assignment_statement (variable_list . name: (identifier) @name .) (expression_list . value: (function_definition) .)) @definition.function
(assignment_statement (variable_list . name: (dot_index_expression table: (_) @owner field: (identifier) @name) .)
  (expression_list . value: (function_definition) .)) @definition.method
(table_constructor (field name: (identifier) @name value: (function_definition)) @definition.method)
(chunk (variable_declaration (assignment_statement (variable_list name: (identifier) @name)) @definition.variable))
(chunk (variable_declaration (variable_list name: (identifier) @name)) @definition.variable)
(chunk (assignment_statement (variable_list name: (identifier) @name)) @definition.variable)

; Local names
(assignment_statement (variable_list . name: (identifier) @typed.name)
  (expression_list . value: (function_call name: (identifier) @_set arguments: (arguments (_) (identifier) @typed.class)))
  (#eq? @_set "setmetatable"))
(assignment_statement (variable_list . name: (identifier) @typed.name)
  (expression_list . value: [(function_call) (dot_index_expression)] @typed.value))
(variable_declaration (assignment_statement (variable_list name: (identifier) @typed.name)))
(variable_declaration (variable_list name: (identifier) @typed.name))
(parameters name: (identifier) @typed.name)
(for_generic_clause (variable_list name: (identifier) @typed.name))
(for_numeric_clause name: (identifier) @typed.name)

; Bases
(chunk (variable_declaration (assignment_statement (expression_list . value: (function_call name: (identifier) @_set
  arguments: (arguments (_) (table_constructor (field name: (identifier) @_index value: (identifier) @base.extends)))))
  (#eq? @_set "setmetatable") (#eq? @_index "__index"))))
(chunk (variable_declaration (assignment_statement (expression_list . value: (function_call
  name: (method_index_expression table: (identifier) @base.extends method: (identifier) @_extend)))
  (#any-of? @_extend "extend" "subclass" "derive" "inherit"))))

; Modules
((function_call name: (identifier) @ignore) @import
  (#eq? @ignore "require"))
(chunk (return_statement) @export)

; Uses
(function_call name: (identifier) @reference.calls)
(function_call name: (dot_index_expression table: (_) @receiver field: (identifier) @reference.calls))
(function_call name: (method_index_expression table: (_) @receiver method: (identifier) @reference.calls))
(arguments (identifier) @reference.references)
(field value: (identifier) @reference.references)
(field value: (dot_index_expression table: (identifier) @receiver field: (identifier) @reference.references))
