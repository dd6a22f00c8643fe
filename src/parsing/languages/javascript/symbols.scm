(field_definition property: (_) @name value: (new_expression) @type) @definition.field
(field_definition property: (_) @name) @definition.field
(field_definition property: (_) @typed.name value: (call_expression) @typed.value)
(arrow_function parameters: (formal_parameters (identifier) @typed.name) @typed.parameters) @typed.function
(function_expression parameters: (formal_parameters (identifier) @typed.name) @typed.parameters) @typed.function
(formal_parameters (identifier) @typed.name)
(class_heritage (identifier) @base.extends)
(class_heritage (member_expression) @base.extends)
