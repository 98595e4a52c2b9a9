<section class="card">
  <h2>Connect to SolusVM 2</h2>
  <form method="post" action="{$link}" class="card-body form">
    <input type="hidden" name="token" value="{$token}">
    {if $wrong}<div class="wide banner error" role="alert"><b>Connection failed</b>{$wrong}</div>{/if}
    <label class="label" for="s2url">Installation URL</label>
    <div class="field"><input type="text" id="s2url" name="url" value="{$url}" placeholder="https://panel.example.com" autocomplete="off">
      <div class="hint">The address of the web interface of your SolusVM 2.</div></div>
    <label class="label" for="s2key">API Key</label>
    <div class="field"><input type="password" id="s2key" name="key" autocomplete="off">
      <div class="hint">In SolusVM 2: {$where}, signed in as an administrator.</div></div>
    <div class="form-foot"><button class="btn primary"><i class="fas fa-plug"></i> Test Connection</button></div>
  </form>
</section>
