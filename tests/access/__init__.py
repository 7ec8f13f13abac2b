"""The wall as data: who reads what (`who`), a made world (`world`), every door (`declared`), and the walk."""
