" Colours that go with the pictures' ground, and what a user has.
set termguicolors laststatus=0 noruler noshowcmd signcolumn=yes
highlight SignColumn guibg=NONE
highlight NonText guifg=#30363d
highlight Pmenu guibg=#21262d guifg=#c9d1d9
highlight DiagnosticError guifg=#ff7b72
highlight DiagnosticWarn guifg=#e3b341
highlight DiagnosticHint guifg=#8b949e
lua vim.diagnostic.config({ severity_sort = true })
luafile setup.lua
edit train.py
