"""How a file becomes rows of the store, in this order:

read     `data.reading` finds the members and their formats, and gives batches of raw rows; its `json_text`, by `json_scan`, settles what JSON means
map      `arriving` gives each batch to `data.mapping`, which finds what a field is read from, and has the SQL that reads it
check    `checking` gives every row its types, or says what is wrong with it
stage    `staging` lays the rows aside, `duplicates` sets aside those that are known
write    `writing` puts them into the store

`loading` is one file's way through all of it, in one transaction, and `outcome` what is told of it; `posting` is the way of rows that come over
HTTP. Who asks for loads, and in which order they run, is in `data.orders`.
"""
