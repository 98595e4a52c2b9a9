{if $on && $missing}<div class="banner warning"><b>A token price is missing</b>{$missing} has no token price, so usage of its customers cannot be billed.</div>{/if}
<section class="card">
  <h2>Post-Pay Token Pricing</h2>
  <form method="post" action="{$link}" class="card-body form">
    <input type="hidden" name="token" value="{$token}"><input type="hidden" name="action" value="prices">
    {foreach $rows as $row}
    <label class="label" for="s2{$row.name}">{$row.code}</label>
    <div class="field">{$row.prefix} <input type="text" inputmode="decimal" class="money" id="s2{$row.name}" name="{$row.name}" value="{$row.price}" placeholder="0.0000"{if $row.wrong} aria-invalid="true"{/if}> {$row.suffix} for one token
      {if $row.wrong}<div class="wrong">{$row.wrong}</div>{/if}</div>
    {/foreach}
    <p class="wide hint">Every active currency needs a price, with at most 4 decimal places.</p>
    <div class="form-foot"><button class="btn primary">Save Changes</button></div>
  </form>
</section>
<section class="card">
  <h2>API Connection</h2>
  <form method="post" action="{$link}" class="card-body form">
    <input type="hidden" name="token" value="{$token}"><input type="hidden" name="action" value="connect">
    {if $refused}<div class="wide banner error" role="alert"><b>Connection failed</b>{$refused}</div>{/if}
    <span class="label">In use</span>
    <div class="field"><p class="wrap" style="padding-top:7px;margin:0">{$base} <span class="soft">since {$since} UTC</span></p></div>
    <label class="label" for="s2url">Installation URL</label>
    <div class="field"><input type="text" id="s2url" name="url" value="{$url}" placeholder="https://panel.example.com" autocomplete="off"></div>
    <label class="label" for="s2key">API Key</label>
    <div class="field"><input type="password" id="s2key" name="key" autocomplete="off">
      <div class="hint">In SolusVM 2: {$where}. Enter both, also when only one changes; they replace the ones in use only if the test succeeds.</div></div>
    <div class="form-foot"><button class="btn primary"><i class="fas fa-plug"></i> Test Connection</button></div>
  </form>
</section>
<section class="card">
  <h2>Billing Integration</h2>
  <div class="card-body form">
    <span class="label">URL</span><div class="field"><p class="wrap" style="padding-top:7px;margin:0">{$callback}</p></div>
    <span class="label">Token</span><div class="field"><p style="padding-top:7px;margin:0">••••••••</p></div>
    <p class="wide hint">SolusVM 2 asks here for token prices and for the sign-on to the billing portal. Both values are set by each successful connection and cannot be set by hand; to repair them, test the connection again.</p>
  </div>
</section>
