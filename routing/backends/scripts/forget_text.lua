-- Writes a text with other words in place of some, whatever they hold.
local function without(text, old, new)
  local done, from = {}, 1
  while true do
    local first, last = string.find(text, old, from, true)
    if not first then
      return table.concat(done) .. string.sub(text, from)
    end
    done[#done + 1] = string.sub(text, from, first - 1) .. new
    from = last + 1
  end
end
