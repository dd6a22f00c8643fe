; Vocabulary: ../../tree-sitter/captures.ts

(preproc_include) @import
(using_declaration) @import
(namespace_alias_definition) @import
(preproc_def name: (identifier) @name) @definition.constant
(preproc_function_def name: (identifier) @name) @definition.function

(namespace_definition name: (_) @name) @definition.namespace
(class_specifier name: (_) @name body: (_)) @definition.class
(struct_specifier name: (_) @name body: (_)) @definition.struct
(union_specifier name: (_) @name body: (_)) @definition.struct
(enum_specifier name: (_) @name body: (_)) @definition.enum
(enumerator name: (identifier) @name) @definition.constant
(alias_declaration name: (type_identifier) @name) @definition.type
(concept_definition name: (identifier) @name) @definition.type
(type_definition type: [(struct_specifier !name body: (_)) (union_specifier !name body: (_)) (class_specifier !name body: (_))]
  declarator: (type_identifier) @name) @definition.struct
(type_definition type: (enum_specifier !name body: (_)) declarator: (type_identifier) @name) @definition.enum
(type_definition type: [(struct_specifier name: (_) @type) (union_specifier name: (_) @type) (type_identifier) @type] declarator: (_) @name @definition.type)
(type_definition declarator: (_) @name @definition.type)

; Declarators nest: the rules find the name in them
(function_definition declarator: (_) @name) @definition.function
(translation_unit (declaration declarator: (_) @name) @definition.variable)
(translation_unit (template_declaration (declaration declarator: (_) @name) @definition.variable))
(declaration_list (declaration declarator: (_) @name) @definition.variable)
(declaration_list (template_declaration (declaration declarator: (_) @name) @definition.variable))
(linkage_specification body: (declaration declarator: (_) @name) @definition.variable)
(ERROR (declaration declarator: (_) @name) @definition.variable)
; Constructors, destructors and conversions have no type
(field_declaration_list (declaration declarator: (_) @name) @definition.method)
(field_declaration_list (template_declaration (declaration declarator: (_) @name) @definition.method))
(field_declaration declarator: (_) @name) @definition.field

; Local names. Those of built-in types only hide others
(parameter_declaration type: [(type_identifier) (qualified_identifier) (template_type)] @typed.type declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)
  (array_declarator declarator: (identifier) @typed.name)
  (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))])
(parameter_declaration type: [(struct_specifier name: (_) @typed.type) (class_specifier name: (_) @typed.type)] declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)
  (array_declarator declarator: (identifier) @typed.name)
  (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))])
(parameter_declaration declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)
  (array_declarator declarator: (identifier) @typed.name)
  (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))
  (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @typed.name)))])
(optional_parameter_declaration type: [(type_identifier) (qualified_identifier) (template_type)] @typed.type declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)])
(optional_parameter_declaration declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)])
(declaration type: [(type_identifier) (qualified_identifier) (template_type)] @typed.type declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)
  (array_declarator declarator: (identifier) @typed.name)
  (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))
  (init_declarator declarator: (identifier) @typed.name)
  (init_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))
  (init_declarator declarator: (reference_declarator (identifier) @typed.name))
  (init_declarator declarator: (array_declarator declarator: (identifier) @typed.name))
  (init_declarator declarator: (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name)))])
(declaration type: [(struct_specifier name: (_) @typed.type) (class_specifier name: (_) @typed.type)] declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)
  (array_declarator declarator: (identifier) @typed.name)
  (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))
  (init_declarator declarator: (identifier) @typed.name)
  (init_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))
  (init_declarator declarator: (reference_declarator (identifier) @typed.name))
  (init_declarator declarator: (array_declarator declarator: (identifier) @typed.name))
  (init_declarator declarator: (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name)))])
(declaration type: (placeholder_type_specifier) declarator: (init_declarator
  declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)]
  value: (new_expression type: [(type_identifier) (qualified_identifier) (template_type)] @typed.class)))
(declaration type: (placeholder_type_specifier) declarator: (init_declarator
  declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)]
  value: (call_expression function: [
    (template_function arguments: (template_argument_list . (type_descriptor type: [(type_identifier) (qualified_identifier) (template_type)] @typed.type)))
    (qualified_identifier name: (template_function arguments: (template_argument_list . (type_descriptor type: [(type_identifier) (qualified_identifier) (template_type)] @typed.type))))])))
(declaration type: (placeholder_type_specifier) declarator: (init_declarator
  declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)]
  value: [(call_expression) (field_expression) (subscript_expression)] @typed.value))
(declaration declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)
  (array_declarator declarator: (identifier) @typed.name)
  (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))
  (init_declarator declarator: (identifier) @typed.name)
  (init_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name))
  (init_declarator declarator: (reference_declarator (identifier) @typed.name))
  (init_declarator declarator: (array_declarator declarator: (identifier) @typed.name))
  (init_declarator declarator: (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @typed.name)))
  (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @typed.name)))
  (init_declarator declarator: (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @typed.name))))])
(condition_clause value: (declaration type: [(type_identifier) (qualified_identifier) (template_type)] @typed.type declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)]))
(condition_clause value: (declaration type: (placeholder_type_specifier) declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)]
  value: (call_expression function: (template_function arguments:
    (template_argument_list . (type_descriptor type: [(type_identifier) (qualified_identifier) (template_type)] @typed.type))))))
(condition_clause value: (declaration type: (placeholder_type_specifier) declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)]
  value: [(call_expression) (field_expression) (subscript_expression)] @typed.value))
(for_range_loop type: [(type_identifier) (qualified_identifier) (template_type)] @typed.type declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)])
(for_range_loop type: (placeholder_type_specifier) declarator: [
  (identifier) @typed.name
  (pointer_declarator declarator: (identifier) @typed.name)
  (reference_declarator (identifier) @typed.name)]
  right: [(call_expression) (field_expression) (identifier)] @typed.value @typed.element)

; Bases
(base_class_clause [(type_identifier) @ignore (qualified_identifier name: (_) @ignore)] @base.extends)
(base_class_clause (template_type name: (type_identifier) @ignore @base.extends))
(base_class_clause (qualified_identifier name: (template_type name: (type_identifier) @ignore))  @base.extends)
(type_parameter_declaration (type_identifier) @type.parameter)
(optional_type_parameter_declaration name: (type_identifier) @type.parameter)
(variadic_type_parameter_declaration (type_identifier) @type.parameter)

; Names inside of blocks and loops are visible there alone
(compound_statement (compound_statement) @scope.block)
(if_statement consequence: (compound_statement) @scope.block)
(else_clause (compound_statement) @scope.block)
(while_statement body: (compound_statement) @scope.block)
(do_statement body: (compound_statement) @scope.block)
(case_statement) @scope.block
(for_statement) @scope.block
(for_range_loop) @scope.block
(lambda_expression) @scope.function

; Uses
(type_definition declarator: (type_identifier) @ignore)
(pointer_declarator declarator: (type_identifier) @ignore)
(array_declarator declarator: (type_identifier) @ignore)
(function_declarator declarator: (type_identifier) @ignore)
(new_expression type: (type_identifier) @reference.instantiates)
(new_expression type: (template_type name: (type_identifier) @reference.instantiates))
(new_expression type: (qualified_identifier scope: (_) @receiver name: (type_identifier) @reference.instantiates))
(new_expression type: (qualified_identifier scope: (_) @receiver name: (template_type name: (type_identifier) @reference.instantiates)))
((call_expression function: (template_function name: (identifier) @ignore))
  (#any-of? @ignore "static_cast" "dynamic_cast" "reinterpret_cast" "const_cast"))
(call_expression function: (identifier) @reference.calls)
(call_expression function: (template_function name: (identifier) @reference.calls))
(call_expression function: (parenthesized_expression (pointer_expression argument: (identifier) @reference.calls)))
(call_expression function: (field_expression argument: (_) @receiver field: (field_identifier) @reference.calls))
(call_expression function: (field_expression argument: (_) @receiver field: (template_method name: (field_identifier) @reference.calls)))
(call_expression function: (field_expression argument: (_) @receiver
  field: (dependent_name (template_method name: (field_identifier) @reference.calls))))
(call_expression function: (qualified_identifier !scope name: (identifier) @reference.calls))
(call_expression function: (qualified_identifier !scope name: (qualified_identifier scope: (_) @receiver name: (identifier) @reference.calls)))
(call_expression function: (qualified_identifier !scope name: (qualified_identifier scope: (_) @receiver
  name: (qualified_identifier scope: (_) @receiver name: (identifier) @reference.calls))))
(call_expression function: (qualified_identifier scope: (_) @receiver name: (identifier) @reference.calls))
(call_expression function: (qualified_identifier scope: (_) @receiver name: (template_function name: (identifier) @reference.calls)))
(call_expression function: (qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (identifier) @reference.calls)))
(call_expression function: (qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (template_function name: (identifier) @reference.calls))))
(call_expression function: (qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (identifier) @reference.calls))))
(call_expression function: (qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (template_function name: (identifier) @reference.calls)))))
(call_expression function: (qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (identifier) @reference.calls)))))
(call_expression function: (qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (template_function name: (identifier) @reference.calls))))))
(qualified_identifier scope: (_) @receiver name: (type_identifier) @reference.references)
(qualified_identifier scope: (_) @receiver name: (template_type name: (type_identifier) @reference.references))
(qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (type_identifier) @reference.references))
(qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (template_type name: (type_identifier) @reference.references)))
(qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (type_identifier) @reference.references)))
(qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (qualified_identifier scope: (_) @receiver name: (template_type name: (type_identifier) @reference.references))))
; Functions passed on, and kept in tables
(argument_list (identifier) @reference.references)
(argument_list (pointer_expression argument: (identifier) @reference.references))
(initializer_list (identifier) @reference.references)
(initializer_pair value: (identifier) @reference.references)
(init_declarator value: (identifier) @reference.references)
(assignment_expression right: (identifier) @reference.references)
(type_identifier) @reference.references
