; Vocabulary: ../../tree-sitter/captures.ts

(package_clause (package_identifier) @package)
(import_spec) @import

(function_declaration name: (identifier) @name) @definition.function
(method_declaration
  receiver: (parameter_list (parameter_declaration type: (_) @owner))
  name: (field_identifier) @name) @definition.method
(type_spec name: (type_identifier) @name type: (struct_type)) @definition.struct
(type_spec name: (type_identifier) @name type: (interface_type)) @definition.interface
(type_spec name: (type_identifier) @name) @definition.type
(type_alias name: (type_identifier) @name) @definition.type
(type_spec type: (struct_type (field_declaration_list (field_declaration name: (field_identifier) @name) @definition.field)))
(type_spec type: (interface_type (method_elem name: (field_identifier) @name) @definition.method))
(source_file (const_declaration (const_spec (identifier) @name) @definition.constant))
(source_file (var_declaration (var_spec name: (identifier) @name value: (expression_list . (func_literal) .)) @definition.function))
(source_file (var_declaration (var_spec name: (identifier) @name) @definition.variable))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name value: (expression_list . (func_literal) .)) @definition.function)))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @definition.variable)))
(short_var_declaration left: (expression_list . (identifier) @name .) right: (expression_list . (func_literal) .)) @definition.function

; Local names
(parameter_declaration name: (identifier) @typed.name type: (_) @typed.type)
(variadic_parameter_declaration name: (identifier) @typed.name type: (_) @typed.type) @typed.list
(var_spec name: (identifier) @typed.name type: (_) @typed.type)
(var_spec . name: (identifier) @typed.name value: (expression_list . (composite_literal type: [(slice_type) (array_type) (map_type)] @typed.type)))
(var_spec . name: (identifier) @typed.name value: (expression_list . (composite_literal type: (_) @typed.class)))
(var_spec . name: (identifier) @typed.name value: (expression_list . (unary_expression operand: (composite_literal type: (_) @typed.class))))
(short_var_declaration left: (expression_list . (identifier) @typed.name)
  right: (expression_list . (composite_literal type: [(slice_type) (array_type) (map_type)] @typed.type)))
(short_var_declaration left: (expression_list . (identifier) @typed.name)
  right: (expression_list . (composite_literal type: (_) @typed.class)))
((short_var_declaration left: (expression_list . (identifier) @typed.name)
  right: (expression_list . (call_expression function: (identifier) @_make arguments: (argument_list . [(slice_type) (map_type) (channel_type) (type_identifier) (qualified_type)] @typed.type))))
  (#eq? @_make "make"))
(short_var_declaration left: (expression_list . (identifier) @typed.name)
  right: (expression_list . (type_assertion_expression type: (_) @typed.type)))
(short_var_declaration left: (expression_list . (identifier) @typed.name)
  right: (expression_list . (unary_expression operand: (composite_literal type: (_) @typed.class))))
((short_var_declaration left: (expression_list . (identifier) @typed.name)
  right: (expression_list . (call_expression function: (identifier) @_new arguments: (argument_list . (_) @typed.class))))
  (#eq? @_new "new"))
(short_var_declaration left: (expression_list . (identifier) @typed.name .)
  right: (expression_list . [(call_expression) (selector_expression) (index_expression) (identifier)] @typed.value .))
(short_var_declaration left: (expression_list . (identifier) @typed.name (_))
  right: (expression_list . [(index_expression) (unary_expression)] @typed.value .))
(short_var_declaration left: (expression_list . (identifier) @typed.name (_))
  right: (expression_list . (call_expression) @typed.value .)) @typed.first
(short_var_declaration left: (expression_list . (_) . (identifier) @typed.name)
  right: (expression_list . (call_expression) @typed.value .)) @typed.second
(short_var_declaration left: (expression_list . (_) . (_) . (identifier) @typed.name)
  right: (expression_list . (call_expression) @typed.value .)) @typed.third
(var_spec . name: (identifier) @typed.name value: (expression_list . [(call_expression) (selector_expression) (index_expression)] @typed.value .))
(short_var_declaration left: (expression_list (identifier) @typed.name))
(range_clause left: (expression_list (_) . (identifier) @typed.name)
  right: [(call_expression) (selector_expression) (identifier)] @typed.value @typed.element)
(range_clause left: (expression_list (identifier) @typed.name))
(type_switch_statement alias: (expression_list (identifier) @typed.name))

; Functions without a name and blocks have names of their own
[(func_literal) (block) (if_statement) (for_statement) (expression_case) (type_case) (default_case) (communication_case)] @scope.block

; Embedded types
(struct_type (field_declaration_list (field_declaration !name type: [(type_identifier) @ignore (qualified_type name: (_) @ignore)] @base.extends)))
(struct_type (field_declaration_list (field_declaration !name type: (generic_type type: [(type_identifier) @ignore (qualified_type name: (_) @ignore)] @base.extends))))
(interface_type (type_elem . [(type_identifier) @ignore (qualified_type name: (_) @ignore)] @base.extends .))
(type_parameter_declaration name: (identifier) @type.parameter)
(method_declaration receiver: (parameter_list (parameter_declaration
  type: (generic_type type_arguments: (type_arguments (type_elem (type_identifier) @type.parameter))))))
(method_declaration receiver: (parameter_list (parameter_declaration
  type: (pointer_type (generic_type type_arguments: (type_arguments (type_elem (type_identifier) @type.parameter)))))))

; Uses
((call_expression function: (identifier) @ignore)
  (#any-of? @ignore "append" "cap" "close" "complex" "copy" "delete" "imag" "len" "make" "new" "panic" "print" "println" "real" "recover"))
(call_expression function: (identifier) @reference.calls)
(call_expression function: (selector_expression operand: (_) @receiver field: (field_identifier) @reference.calls))
(call_expression function: (index_expression operand: (identifier) @reference.calls))
(composite_literal type: (type_identifier) @reference.instantiates)
(composite_literal type: (qualified_type package: (package_identifier) @receiver name: (type_identifier) @reference.instantiates))
(composite_literal type: (generic_type type: (type_identifier) @reference.instantiates))
(qualified_type package: (package_identifier) @receiver name: (type_identifier) @reference.references)
((type_identifier) @ignore
  (#any-of? @ignore "any" "bool" "byte" "comparable" "complex64" "complex128" "error" "float32" "float64" "int" "int8" "int16" "int32" "int64" "rune" "string" "uint" "uint8" "uint16" "uint32" "uint64" "uintptr"))
(type_identifier) @reference.references
