; What frameworks of Java call. Vocabulary: ../../tree-sitter/captures.ts

; @GetMapping("/{id}") of Spring, @GET of JAX-RS
((method_declaration (modifiers [(annotation name: (identifier) @name) (marker_annotation name: (identifier) @name)] @definition.route))
  (#any-of? @name "GetMapping" "PostMapping" "PutMapping" "PatchMapping" "DeleteMapping" "RequestMapping"
    "GET" "POST" "PUT" "PATCH" "DELETE" "HEAD" "OPTIONS"))
