<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Test Gateway</title><link rel="stylesheet" href="{$style}"></head>
<body><main>
<h1>Test Gateway</h1>
<p>This page plays a payment vendor. No money moves.</p>
<div class="sum"><span>Invoice #{$invoiceid}</span><b>{$amount} {$currency}</b></div>
<form method="post" action="{$action}">
<input type="hidden" name="token" value="{$token}"><input type="hidden" name="invoiceid" value="{$invoiceid}"><input type="hidden" name="amount" value="{$amount}"><input type="hidden" name="currency" value="{$currency}"><input type="hidden" name="sig" value="{$sig}">
<button class="good" name="outcome" value="success">Approve the payment</button>
<button name="outcome" value="pending">Leave it pending</button>
<button name="outcome" value="declined">Decline it</button>
</form>
<a href="{$back}">Back to the invoice</a>
</main></body></html>
