--[[ heaps: slots ordered by (key, slot), smallest first, with the place of each slot. Every operation is O(log lines).

  Nothing is ever set to nil: Lua rebuilds a table that loses keys and gets others, again and again, which took more
  time than all else. Entries after `size` are left over. A slot that is not in the heap has the place false. ]]

local function new_heap() return {slot = {}, key = {}, place = {}, size = 0} end

local push, remove
do -- what is local to this block is used in this file only: Lua allows 200 locals at a time

-- `rise` and `sink` move a hole from index i up or down to where (slot, key) belongs, and fill it.
local function rise(heap, i, slot, key)
  local slots, keys, place = heap.slot, heap.key, heap.place
  while i > 1 do
    local parent = (i - i % 2) / 2
    local parent_slot, parent_key = slots[parent], keys[parent]
    if parent_key < key or (parent_key == key and parent_slot < slot) then break end
    slots[i], keys[i], place[parent_slot] = parent_slot, parent_key, i
    i = parent
  end
  slots[i], keys[i], place[slot] = slot, key, i
end

local function sink(heap, i, slot, key)
  local slots, keys, place, size = heap.slot, heap.key, heap.place, heap.size
  local child = 2 * i
  while child <= size do
    local child_slot, child_key = slots[child], keys[child]
    if child < size then
      local other_slot, other_key = slots[child + 1], keys[child + 1]
      if other_key < child_key or (other_key == child_key and other_slot < child_slot) then
        child, child_slot, child_key = child + 1, other_slot, other_key
      end
    end
    if key < child_key or (key == child_key and slot < child_slot) then break end
    slots[i], keys[i], place[child_slot] = child_slot, child_key, i
    i, child = child, 2 * child
  end
  slots[i], keys[i], place[slot] = slot, key, i
end

function push(heap, slot, key)
  heap.size = heap.size + 1
  rise(heap, heap.size, slot, key)
end

-- Returns whether the slot was there.
function remove(heap, slot)
  local i, last = heap.place[slot], heap.size
  if not i then return false end
  local last_slot, last_key = heap.slot[last], heap.key[last]
  heap.place[slot], heap.size = false, last - 1
  if i < last then
    sink(heap, i, last_slot, last_key)
    if heap.place[last_slot] == i then rise(heap, i, last_slot, last_key) end
  end
  return true
end

end
