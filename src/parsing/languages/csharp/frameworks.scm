; What frameworks of C# call. Vocabulary: ../../tree-sitter/captures.ts

; [HttpGet("{id}")]
((method_declaration (attribute_list (attribute name: (identifier) @name) @definition.route))
  (#any-of? @name "HttpGet" "HttpPost" "HttpPut" "HttpPatch" "HttpDelete" "HttpHead" "HttpOptions"))

; app.MapGet("/users/{id}", handler)
((invocation_expression function: (member_access_expression name: (identifier) @name)) @definition.route
  (#any-of? @name "MapGet" "MapPost" "MapPut" "MapPatch" "MapDelete"))
