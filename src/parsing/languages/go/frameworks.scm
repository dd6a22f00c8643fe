; What frameworks of Go call. Vocabulary: ../../tree-sitter/captures.ts

; r.GET("/users/:id", auth, show)
((call_expression function: (selector_expression field: (field_identifier) @name)
  arguments: (argument_list . [(interpreted_string_literal) (raw_string_literal)])) @definition.route
  (#any-of? @name "GET" "POST" "PUT" "PATCH" "DELETE" "HEAD" "OPTIONS" "Any" "Get" "Post" "Put" "Patch" "Delete"
    "Head" "Options" "All" "Handle" "HandleFunc"))
