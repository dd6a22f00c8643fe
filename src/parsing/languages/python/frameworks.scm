; What frameworks of Python call. Vocabulary: ../../tree-sitter/captures.ts

; @app.route('/users', methods=['POST']), @router.get('/users')
((decorator (call function: (attribute attribute: (identifier) @name))) @definition.route
  (#any-of? @name "route" "api_route" "get" "post" "put" "patch" "delete" "head" "options" "websocket"))

; path('users/', views.list)
((call function: (identifier) @name) @definition.route (#any-of? @name "path" "re_path" "url"))

; app.add_url_rule('/users', view_func=users); router.register('users', UserViewSet)
((call function: (attribute attribute: (identifier) @name)) @definition.route
  (#any-of? @name "add_url_rule" "add_api_route" "register"))

; Depends(current_user)
((call function: (identifier) @_depends arguments: (argument_list . [
  (identifier) @handler
  (attribute object: (_) @receiver attribute: (identifier) @handler)]))
  (#any-of? @_depends "Depends" "Security"))
