; What frameworks of Ruby call. Vocabulary: ../../tree-sitter/captures.ts

; get '/users/:id', to: 'users#show'; resources :users
((call !receiver method: (identifier) @name arguments: (argument_list)) @definition.route
  (#any-of? @name "get" "post" "put" "patch" "delete" "options" "match" "root" "resources" "resource"))
