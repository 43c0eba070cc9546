-- What a user of Neovim does: open a file, see the diagnostics, look at the hover, apply a fix.
-- Takes its orders from the environment; leaves what it saw in a JSON file.
local wanted = vim.env.OPTPORT_TITLE
local seen = {}

-- A quickfix menu asks; this one takes the first entry with the wanted words.
vim.ui.select = function(items, options, chosen)
  seen.offered = {}
  local found = nil
  for index, item in ipairs(items) do
    local title = options.format_item and options.format_item(item) or tostring(item)
    table.insert(seen.offered, title)
    if not found and title:find(wanted, 1, true) then
      found = index
    end
  end
  chosen(found and items[found], found)
end

-- The lines of the page on editors, then the file.
vim.cmd("filetype on")
dofile(vim.env.OPTPORT_SETUP)
vim.cmd("edit " .. vim.env.OPTPORT_FILE)

local function settled(condition)
  return vim.wait(30000, condition, 50)
end

settled(function() return #vim.diagnostic.get(0) > 0 end)
for _, one in ipairs(vim.diagnostic.get(0)) do
  table.insert(seen, {
    line = one.lnum, col = one.col, end_col = one.end_col, code = one.code,
    source = one.source, severity = one.severity, message = one.message,
  })
  seen.first = seen.first or { one.lnum + 1, one.col }
end
local diagnostics = {}
for _, one in ipairs(seen) do table.insert(diagnostics, one) end

vim.api.nvim_win_set_cursor(0, seen.first)
local hover = vim.lsp.buf_request_sync(
  0, "textDocument/hover", vim.lsp.util.make_position_params(0, "utf-16"), 30000)
local _, answer = next(hover or {})
seen.hover = answer and answer.result and answer.result.contents.value

local before = vim.api.nvim_buf_get_changedtick(0)
vim.lsp.buf.code_action()
settled(function() return vim.api.nvim_buf_get_changedtick(0) ~= before end)
settled(function() return #vim.diagnostic.get(0) ~= #diagnostics end)
vim.cmd("silent write")

local out = io.open(vim.env.OPTPORT_OUT, "w")
out:write(vim.fn.json_encode({
  diagnostics = diagnostics, hover = seen.hover, offered = seen.offered,
  left = #vim.diagnostic.get(0),
}))
out:close()
vim.cmd("qall!")
