; Components used as elements; lower-case elements are the platform's.
((jsx_opening_element name: (identifier) @reference.references) (#match? @reference.references "^[A-Z_$]"))
((jsx_self_closing_element name: (identifier) @reference.references) (#match? @reference.references "^[A-Z_$]"))
(jsx_opening_element name: (member_expression object: (_) @receiver property: (property_identifier) @reference.references))
(jsx_self_closing_element name: (member_expression object: (_) @receiver property: (property_identifier) @reference.references))
; onClick={openPool}
(jsx_expression (identifier) @passed)
