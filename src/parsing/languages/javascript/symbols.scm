(field_definition property: (_) @name value: (new_expression constructor: (_) @type)) @definition.field
(field_definition property: (_) @name) @definition.field
(field_definition property: (_) @typed.name value: (call_expression) @typed.value)
(formal_parameters (identifier) @typed.name)
(class_heritage (identifier) @base.extends)
(class_heritage (member_expression) @base.extends)
