-- Writes a text with other words in place of some, whatever they hold.
local function without(text, old, new)
  local done, from = '', 1
  local first, last = string.find(text, old, from, true)
  while first do
    done, from = done .. string.sub(text, from, first - 1) .. new, last + 1
    first, last = string.find(text, old, from, true)
  end
  return from == 1 and text or done .. string.sub(text, from)
end
