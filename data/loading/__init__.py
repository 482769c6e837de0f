"""How a file becomes rows of the store, in this order:

read     `reading` finds the format, `text_formats` and `parquet` give batches of raw rows
map      `fields` names the columns, `mapping` is the SQL that reads them; `json_text`, by way of `json_scan`, settles what JSON means
check    `checking` gives every row its types, or says what is wrong with it
stage    `staging` lays the rows aside, `duplicates` sets aside those that are known
write    `writing` puts them into the store

`loading` is one file's way through all of it, in one transaction, and `outcome` what is told of it. `orders` are what the command line asks
for, and `handover` brings them to a server that owns the store.
"""
