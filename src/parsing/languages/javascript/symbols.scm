(field_definition property: (_) @name value: (new_expression constructor: (_) @type)) @definition.field
(field_definition property: (_) @name) @definition.field
(class_heritage (identifier) @base.extends)
(class_heritage (member_expression) @base.extends)
