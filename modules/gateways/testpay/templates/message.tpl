<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Test Gateway</title></head>
<body><main><h1>Test Gateway</h1><p>{$text}</p></main></body></html>
