; Vocabulary: ../../tree-sitter/captures.ts

(function_declaration name: (identifier) @name) @definition.function
(test_declaration [(string) (identifier)] @name) @definition.function
(variable_declaration . (identifier) @name [(struct_declaration) (union_declaration) (opaque_declaration)]) @definition.struct
(variable_declaration . (identifier) @name [(enum_declaration) (error_set_declaration)]) @definition.enum
(container_field name: (identifier) @name) @definition.field
(error_set_declaration (identifier) @name @definition.constant)
; Another name for a type
((variable_declaration . (identifier) @name . (field_expression) @type) @definition.type
  (#match? @name "^[A-Z]"))
(source_file (variable_declaration . (identifier) @name) @definition.variable)
(struct_declaration (variable_declaration . (identifier) @name) @definition.variable)
(union_declaration (variable_declaration . (identifier) @name) @definition.variable)
(enum_declaration (variable_declaration . (identifier) @name) @definition.variable)

; Local names
(parameter name: (identifier) @typed.name type: [
    (identifier) @typed.type
    (field_expression) @typed.type
    (pointer_type [(identifier) (field_expression)] @typed.type)
    (nullable_type [(identifier) (field_expression)] @typed.type)
    (nullable_type (pointer_type [(identifier) (field_expression)] @typed.type))
  ])
(parameter name: (identifier) @typed.name)
(variable_declaration . (identifier) @typed.name type: [
    (identifier) @typed.type
    (field_expression) @typed.type
    (pointer_type [(identifier) (field_expression)] @typed.type)
    (nullable_type [(identifier) (field_expression)] @typed.type)
    (nullable_type (pointer_type [(identifier) (field_expression)] @typed.type))
  ])
(variable_declaration . (identifier) @typed.name (struct_initializer . [(identifier) (field_expression)] @typed.class))
(variable_declaration . (identifier) @typed.name . [
  (call_expression) @typed.value
  (field_expression) @typed.value
  (try_expression [(call_expression) (field_expression)] @typed.value)])
(variable_declaration . (identifier) @typed.name)
(payload (identifier) @typed.name)

((parameter name: (identifier) @type.parameter type: (builtin_type) @_type)
  (#eq? @_type "type"))

; Modules
(variable_declaration . (identifier) [(builtin_function) (field_expression object: (builtin_function))]) @import
(using_namespace_declaration (builtin_function)) @import

; Uses
(call_expression function: (identifier) @reference.calls)
(call_expression function: (field_expression object: (_) @receiver member: (identifier) @reference.calls))
(struct_initializer . (identifier) @reference.instantiates)
(struct_initializer . (field_expression object: (_) @receiver member: (identifier) @reference.instantiates))
(parameter type: [(identifier) @reference.references (pointer_type (identifier) @reference.references) (nullable_type (identifier) @reference.references) (nullable_type (pointer_type (identifier) @reference.references)) (slice_type (identifier) @reference.references) (error_union_type ok: (identifier) @reference.references)])
(function_declaration type: [(identifier) @reference.references (pointer_type (identifier) @reference.references) (nullable_type (identifier) @reference.references) (nullable_type (pointer_type (identifier) @reference.references)) (slice_type (identifier) @reference.references) (error_union_type ok: (identifier) @reference.references)])
(container_field type: [(identifier) @reference.references (pointer_type (identifier) @reference.references) (nullable_type (identifier) @reference.references) (nullable_type (pointer_type (identifier) @reference.references)) (slice_type (identifier) @reference.references) (error_union_type ok: (identifier) @reference.references)])
(variable_declaration type: [(identifier) @reference.references (pointer_type (identifier) @reference.references) (nullable_type (identifier) @reference.references) (nullable_type (pointer_type (identifier) @reference.references)) (slice_type (identifier) @reference.references) (error_union_type ok: (identifier) @reference.references)])
(call_expression (identifier) @reference.references)
