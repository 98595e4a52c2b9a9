<div class="with-button"><input type="text" id="zoho-redirect-url" readonly value="{$url}" aria-label="Redirect URL">
<button type="button" class="btn" data-copy="zoho-redirect-url" title="Copy" aria-label="Copy the Redirect URL"><i class="fa-regular fa-copy" aria-hidden="true"></i></button></div>
<div class="hint">Enter exactly this address as the redirect URI of the client in the Zoho API console.</div>
