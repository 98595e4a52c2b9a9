<span class="mh-copy"><input type="text" class="form-control" size="60" readonly value="{$url}" aria-label="Redirect URL" data-copy-source>
<button type="button" class="btn btn-secondary btn-sm" data-copy="{$url}">Copy</button></span>
