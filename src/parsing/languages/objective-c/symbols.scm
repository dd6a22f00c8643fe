; Vocabulary: ../../tree-sitter/captures.ts

(module_import) @import
(class_interface . (identifier) @name) @definition.class
(class_implementation . (identifier) @name) @definition.class
(protocol_declaration . (identifier) @name) @definition.interface
(method_declaration (method_type (type_name . (type_identifier) @type)) . (identifier) @name) @definition.method
(method_declaration (method_type) . (identifier) @name) @definition.method
(method_definition (method_type (type_name . (type_identifier) @type)) . (identifier) @name) @definition.method
(method_definition (method_type) . (identifier) @name) @definition.method
(method_declaration . (identifier) @name) @definition.method
(method_definition . (identifier) @name) @definition.method
(property_declaration (struct_declaration (type_identifier) @type (struct_declarator) @name)) @definition.property
(property_declaration (struct_declaration (generic_specifier) @type (struct_declarator) @name)) @definition.property
(property_declaration (struct_declaration (typedefed_specifier (protocol_reference_list . (identifier) @type .)) (struct_declarator) @name)) @definition.property
(property_declaration (struct_declaration (struct_declarator) @name)) @definition.property
(instance_variable (struct_declaration (type_identifier) @type (struct_declarator) @name)) @definition.field
(instance_variable (struct_declaration (struct_declarator) @name)) @definition.field

; Bases
(class_interface superclass: (identifier) @base.extends)
(class_interface (parameterized_arguments (type_name (type_identifier) @ignore @base.implements)))
(protocol_declaration (protocol_reference_list (identifier) @base.extends))

; Parameters of methods
(method_parameter (method_type (type_name . (type_identifier) @typed.type)) (identifier) @typed.name)
(method_parameter (identifier) @typed.name)
(for_statement type: (type_identifier) @typed.type (pointer_declarator declarator: (identifier) @typed.name))
(method_parameter (method_type (type_name (typedefed_specifier (protocol_reference_list . (identifier) @typed.type .)))) (identifier) @typed.name)

; Messages
((message_expression receiver: (identifier) @reference.instantiates method: (identifier) @_new)
  (#any-of? @_new "alloc" "new") (#not-any-of? @reference.instantiates "self" "super"))
((message_expression receiver: (identifier) method: (identifier) @ignore)
  (#any-of? @ignore "alloc" "new"))
(message_expression receiver: (_) @receiver . method: (identifier) @reference.calls)

(preproc_include) @import
(preproc_def name: (identifier) @name) @definition.constant
(preproc_function_def name: (identifier) @name) @definition.function

; Declarators nest: the rules find the name in them
(function_definition declarator: (_) @name) @definition.function
(translation_unit (declaration declarator: (_) @name) @definition.variable)
(linkage_specification body: (declaration declarator: (_) @name) @definition.variable)
(linkage_specification body: (declaration_list (declaration declarator: (_) @name) @definition.variable))
(ERROR (declaration declarator: (_) @name) @definition.variable)

(struct_specifier name: (type_identifier) @name body: (_)) @definition.struct
(union_specifier name: (type_identifier) @name body: (_)) @definition.struct
(enum_specifier name: (type_identifier) @name body: (_)) @definition.enum
(enumerator name: (identifier) @name) @definition.constant
(type_definition type: [(struct_specifier !name body: (_)) (union_specifier !name body: (_))] declarator: (type_identifier) @name) @definition.struct
(type_definition type: (enum_specifier !name body: (_)) declarator: (type_identifier) @name) @definition.enum
(type_definition type: [(struct_specifier name: (_) @type) (union_specifier name: (_) @type) (type_identifier) @type] declarator: (_) @name @definition.type)
(type_definition declarator: (_) @name @definition.type)
(field_declaration declarator: (_) @name) @definition.field

; Local names. Those of built-in types only hide others
(parameter_declaration type: [(type_identifier) @typed.type (struct_specifier name: (_) @typed.type) (union_specifier name: (_) @typed.type)] declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))
  (array_declarator declarator: (identifier) @typed.name)])
(parameter_declaration declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))
  (array_declarator declarator: (identifier) @typed.name)
  (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @typed.name)))])
(declaration type: [(type_identifier) @typed.type (struct_specifier name: (_) @typed.type) (union_specifier name: (_) @typed.type)] declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))
  (array_declarator declarator: (identifier) @typed.name)
  (init_declarator declarator: (identifier) @typed.name)
  (init_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))
  (init_declarator declarator: (array_declarator declarator: (identifier) @typed.name))])
(declaration declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))
  (array_declarator declarator: (identifier) @typed.name)
  (init_declarator declarator: (identifier) @typed.name)
  (init_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))
  (init_declarator declarator: (array_declarator declarator: (identifier) @typed.name))
  (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @typed.name)))
  (init_declarator declarator: (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @typed.name))))])

; Names inside of blocks and loops are visible there alone
(compound_statement (compound_statement) @scope.block)
(if_statement consequence: (compound_statement) @scope.block)
(else_clause (compound_statement) @scope.block)
(while_statement body: (compound_statement) @scope.block)
(do_statement body: (compound_statement) @scope.block)
(case_statement) @scope.block
(for_statement) @scope.block
(block_literal) @scope.function

; Uses
(type_definition declarator: (type_identifier) @ignore)
(pointer_declarator declarator: (type_identifier) @ignore)
(array_declarator declarator: (type_identifier) @ignore)
(function_declarator declarator: (type_identifier) @ignore)
(call_expression function: (identifier) @reference.calls)
(call_expression function: (parenthesized_expression (pointer_expression argument: (identifier) @reference.calls)))
(call_expression function: (field_expression argument: (_) @receiver field: (field_identifier) @reference.calls))
(call_expression function: (parenthesized_expression (pointer_expression
  argument: (field_expression argument: (_) @receiver field: (field_identifier) @reference.calls))))
; Functions passed on, and kept in tables
(argument_list (identifier) @reference.references)
(argument_list (pointer_expression argument: (identifier) @reference.references))
(initializer_list (identifier) @reference.references)
(initializer_pair value: (identifier) @reference.references)
(init_declarator value: (identifier) @reference.references)
(assignment_expression right: (identifier) @reference.references)
(type_identifier) @reference.references
